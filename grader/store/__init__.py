"""Where the service keeps everything: a database, and a blob store for files."""

from .blobs import BlobMissing, BlobStore, FolderBlobs
from .clock import Clock
from .database import Database

__all__ = ["BlobMissing", "BlobStore", "Clock", "Database", "FolderBlobs"]
