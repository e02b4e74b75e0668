# The portal for production: one image for web, worker and scheduler. docs/operations.md describes its use.

FROM node:24-slim AS libraries
WORKDIR /portal
COPY .npmrc package.json package-lock.json ./
RUN npm ci --omit=dev

FROM python:3.13-slim AS packages
COPY requirements-uv.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements-uv.lock \
    && uv venv --python /usr/local/bin/python /opt/venv \
    && uv pip sync --no-cache --require-hashes --python /opt/venv/bin/python requirements.lock

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --shell /usr/sbin/nologin portal \
    && install --directory --owner portal --group portal --mode 0700 /var/lib/portal
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/portal/collected \
    VAR=/var/lib/portal
WORKDIR /portal
COPY --from=packages /opt/venv /opt/venv
COPY --from=libraries /portal/node_modules node_modules
COPY . .
# Only to collect the static files: none of these values stays in the image.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(64))") FIELD_KEYS=unused \
    DATABASE_URL=postgresql://unused REDIS_URL=redis://unused \
    ALLOWED_HOSTS=unused SITE_ADDRESS=https://unused \
    python manage.py collectstatic --noinput --verbosity 0
USER portal
# Compiles the matching for this kind of processor; on another kind the worker does so once at its start.
RUN python -m matchmaking.engine.prepare
EXPOSE 8000
CMD ["gunicorn", "extratex.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--timeout", "60", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
