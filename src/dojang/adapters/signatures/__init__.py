"""Signatures read out of CMS messages, PDF documents and bare bytes, by pyHanko, in processes of their own."""
