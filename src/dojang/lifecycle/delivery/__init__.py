"""Certificate acceptance (RFC 3647 chapter 4.4): download, acceptance by the holder, succession of old by new."""
