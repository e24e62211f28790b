"""The devices an account is used from: seen at sign-in, listed, named, removed."""
