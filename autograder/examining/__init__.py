"""One notebook's run as the grader sees it: jobs, both passes, evidence, what is known already, the store."""
