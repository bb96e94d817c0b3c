"""Papers that custody itself makes, from rows its reader may know; nothing here opens an uploaded file."""
