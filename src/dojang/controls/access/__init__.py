"""Who may come in: accounts of subscribers and operators, sign-in with lock-out, sessions, roles."""
