# The service's programs. Sandboxes run on a Docker Engine elsewhere, see compose.yaml and docs/operating.md.
ARG BASE=python:3.12-slim-bookworm
FROM ${BASE}
RUN useradd --create-home --uid 10100 grader && install -d -o grader /var/lib/grader
COPY pyproject.toml README.md /src/
COPY grader /src/grader
COPY sandboxes /src/sandboxes
COPY workers /src/workers
RUN pip install --no-cache-dir '/src[server]' && rm -rf /src
USER grader
ENV GRADER_DATA=/var/lib/grader GRADER_HOST=0.0.0.0 PYTHONUNBUFFERED=1
ENTRYPOINT ["grader"]
CMD ["serve"]
