"""Key stores: files now; a PKCS#11 token passes the same contract."""
