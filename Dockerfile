# The app, a scheduler or a worker, by the command that is run. Nothing but /var/lib/resnet-viz and /tmp is written.
FROM python:3.11-slim AS wheel
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.11-slim
# Where torch's builds for processors without a GPU are: 1.6 GB in the place of 6.4. Empty: the Python Package Index's own.
ARG TORCH_INDEX=""
COPY constraints.txt requirements.txt /tmp/
RUN if [ -n "$TORCH_INDEX" ]; then pip install --no-cache-dir -c /tmp/constraints.txt torch torchvision --index-url "$TORCH_INDEX"; fi \
    && pip install --no-cache-dir -r /tmp/requirements.txt -c /tmp/constraints.txt
COPY --from=wheel /wheel /wheel
RUN pip install --no-cache-dir --no-deps /wheel/*.whl && rm -r /wheel \
    && useradd --uid 10001 --no-create-home --home-dir /var/lib/resnet-viz resnet-viz \
    && install -d -o resnet-viz /var/lib/resnet-viz

USER resnet-viz
WORKDIR /var/lib/resnet-viz
ENV RESNET_VIZ_HOME=/var/lib/resnet-viz HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 RESNET_VIZ_LOG=json
VOLUME /var/lib/resnet-viz
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/readyz', timeout=4)"]
CMD ["resnet-viz", "--headless"]
