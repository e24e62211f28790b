"""Facility, management and operational controls (RFC 3647 chapters 5 and 8): access, ceremony, audit log."""
