"""The public checks: the contract first, then the numbers, then points and losses; what is wrong and where."""
