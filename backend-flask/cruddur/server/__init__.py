"""How requests reach the service: an event loop takes each in whole, within limits; a thread answers it."""
