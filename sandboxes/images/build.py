"""Images for candidates and examiners: the base, the guest code, and wheels that the host resolved.

A build step inside an image has no network. Packages are unpacked on the host, for the image's platform, and copied in.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path

import docker.errors

from ..engine import Engine
from ..errors import ImageBuildFailed
from .ageing import IMAGE, mark_used
from .base import ensure_base, image_details, image_id
from .packages import install_packages, requirements_of

__all__ = ["ImageBuilder"]

_PLATFORMS = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
_GLIBC = ("2_36", "2_35", "2_34", "2_31", "2_28", "2_27", "2_24", "2_17", "2_12", "2_5")
_CANDIDATE_PARTS = ("wire", "objects", "candidate")
# With what runs learners' tests, which need what the tests of instructors need.
_EXAMINER_PARTS = ("wire", "objects", "candidate", "examiner", "isolation", "testwriter")
_DOCKERFILE = """\
FROM {base}
COPY . /opt/grader
ENV PYTHONPATH={path} PYTHONHASHSEED=0 PYTHONUNBUFFERED=1 \\
    LANG=C.UTF-8 HOME=/tmp OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
RUN ["python3", "-m", "compileall", "-q", "/opt/grader"]
"""
# Hypothesis takes what is not under a folder of this name for the tests' own code, and would read all of it each time.
_SITE, _PACKAGES = "site-packages", "packages/site-packages"


class ImageBuilder:
    """Builds what is missing, names each image by all that goes into it.

    Args:
        engine: Where the images live.
        on_progress: Called with a line when something takes long.
    """

    def __init__(self, engine: Engine, on_progress: Callable[[str], None] = lambda text: None) -> None:
        self._engine = engine
        self._on_progress = on_progress
        self._base = ensure_base(engine, on_progress)

    def candidate(self, requirements: str) -> str:
        """The id of the image for learner code, with the packages it may import."""
        own = _text("candidate.txt")
        return self._layered("candidate", _CANDIDATE_PARTS, own, [(_PACKAGES, requirements)])

    def examiner(self, requirements: str, test_requirements: str, tools: bool = False) -> str:
        """The id of the image for tests: the learner's packages and those of the tests, and the static tools."""
        own = _text("examiner.txt") + (_text("tools.txt") if tools else "")
        extra = "\n".join(filter(None, (requirements, test_requirements)))
        return self._layered("examiner", _EXAMINER_PARTS, own, [(_PACKAGES, extra)])

    def _layered(self, role: str, parts: Iterable[str], own: str, extras: list[tuple[str, str]]) -> str:
        guest = _guest_files(parts)
        image = self._ensure(role, self._base.id, guest, [(_SITE, own)], f"/opt/grader/{_SITE}")
        for folder, requirements in extras:
            if requirements.strip():
                path = f"/opt/grader/{_SITE}:/opt/grader/{folder}"
                image = self._ensure(f"{role}-packages", image, {}, [(folder, requirements)], path)
        return image

    def _ensure(self, role: str, base: str, files: dict[str, bytes], packages: list[tuple[str, str]], path: str) -> str:
        dockerfile = _DOCKERFILE.format(base=base, path=path)
        digest = hashlib.sha256(dockerfile.encode())
        for name, content in sorted(files.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        for folder, requirements in packages:
            digest.update(f"{folder}\0{requirements}".encode())
        reference = f"grader/python-{role}:{digest.hexdigest()[:16]}"
        found = image_details(self._engine, reference)
        if found:
            mark_used(self._engine, reference, found)
            return str(found["Id"])
        with tempfile.TemporaryDirectory(prefix="grader-image-") as context:
            self._write(Path(context), files)
            for folder, requirements in packages:
                self._install(Path(context, folder), requirements)
            self._build(Path(context), dockerfile, reference)
        built = image_id(self._engine, reference)
        if built is None:
            raise ImageBuildFailed(f"{reference} was built, but is not there")
        return built

    @staticmethod
    def _write(context: Path, files: dict[str, bytes]) -> None:
        for name, content in files.items():
            target = context / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def _install(self, target: Path, requirements: str) -> None:
        wanted = requirements_of(requirements)
        self._on_progress(f"resolving packages: {', '.join(wanted)}")
        machine = _PLATFORMS.get(str(self._engine.info.get("Architecture")))
        if machine is None:
            raise ImageBuildFailed(f"no packages are known for processors of type {self._engine.info.get('Architecture')}")
        platforms = [f"manylinux_{version}_{machine}" for version in _GLIBC] + [f"manylinux2014_{machine}"]
        install_packages(target, wanted, self._base.python, platforms)

    def _build(self, context: Path, dockerfile: str, reference: str) -> None:
        self._on_progress(f"building {reference}")
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.add(context, ".", filter=_normalized)
            entry = tarfile.TarInfo("Dockerfile")
            entry.size = len(dockerfile)
            tar.addfile(entry, io.BytesIO(dockerfile.encode()))
            ignore = b"Dockerfile\n.dockerignore\n"
            entry = tarfile.TarInfo(".dockerignore")
            entry.size = len(ignore)
            tar.addfile(entry, io.BytesIO(ignore))
        archive.seek(0)
        try:
            events = self._engine.api.build(
                fileobj=archive, custom_context=True, tag=reference, network_mode="none",
                rm=True, forcerm=True, pull=False, decode=True, labels={IMAGE: "1"},
            )  # fmt: skip
            for event in events:
                if "error" in event:
                    raise ImageBuildFailed(f"{reference} could not be built: {event['error'].strip()}")
        except docker.errors.DockerException as error:
            raise ImageBuildFailed(f"{reference} could not be built: {error}") from None


def _text(name: str) -> str:
    return (resources.files(__package__) / "python" / name).read_text()


def _guest_files(parts: Iterable[str]) -> dict[str, bytes]:
    root = Path(__file__).parent.parent
    files = [root / "__init__.py", *(root / "guest").glob("*.py")]
    for part in parts:
        files += (root / "guest" / part).glob("*.py")
    return {f"{_SITE}/sandboxes/{path.relative_to(root).as_posix()}": path.read_bytes() for path in files}


def _normalized(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry
