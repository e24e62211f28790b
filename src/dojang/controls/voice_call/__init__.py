"""Calling somebody to have them press a number they see on their own screen: the network's port and the dialogue."""
