"""What people get: every file of a position, as the programs that open it see it."""
