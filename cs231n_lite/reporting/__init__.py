"""What a check has to say: a finding, a report of findings, how it is shown, the points so far."""
