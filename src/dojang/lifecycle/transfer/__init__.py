"""Transfer: a certificate moves from one of a person's devices to another, through a relay that can read none of it."""
