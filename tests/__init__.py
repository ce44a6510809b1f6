"""What proves the pipeline; `tests` is a package so that its rooms can share the oracle and the generators."""
