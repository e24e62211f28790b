"""Encrypting to a person: whom a relying party may write to, and under which certificate."""
