"""The keys that seal fields in the store: add one, seal with it, seal anew what older ones sealed, retire those."""
