"""What keeps the processes of one container apart: namespaces, Landlock, a second system call filter, limits."""
