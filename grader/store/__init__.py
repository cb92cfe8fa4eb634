"""Where the service keeps everything: a database, and a blob store for files."""

from .blobs import BlobMissing, BlobStore, BlobsUnavailable, FolderBlobs, open_blobs
from .clock import Clock
from .database import Database

__all__ = ["BlobMissing", "BlobStore", "BlobsUnavailable", "Clock", "Database", "FolderBlobs", "open_blobs"]
