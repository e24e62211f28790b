"""The issue lock (발급 안심차단): while it holds, nothing is issued, re-issued or renewed in its owner's name."""
