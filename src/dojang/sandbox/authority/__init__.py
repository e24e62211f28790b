"""A certification authority of the sandbox whose customers misbehave, each in one known way, for those who verify."""
