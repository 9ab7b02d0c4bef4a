// Keeps the room linkable until its first file stands.
