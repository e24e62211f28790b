"""The voice-call check (ARS): a call to the line, a number from the screen, an answer."""
