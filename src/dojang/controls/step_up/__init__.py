"""Proving oneself once more for one act: a signature with the certificate's key, or a call to the proven telephone."""
