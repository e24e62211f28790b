"""Certificate application (RFC 3647 chapter 4.1): who asks for what, until it is completed or ended."""
