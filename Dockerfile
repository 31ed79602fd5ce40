# syntax=docker/dockerfile:1
# Two images on one base: `web` serves pages, `worker` has TensorFlow beside that.

FROM python:3.12-slim-bookworm AS base
ENV DJANGO_SETTINGS_MODULE=shop.settings.production \
    MEDIA_ROOT=/srv/media \
    STATIC_ROOT=/srv/static \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
# A volume takes its first owner from the folder that it covers.
RUN useradd --uid 10001 --create-home shop \
    && install --directory --owner shop /srv/media /srv/static /srv/beat /home/shop/.keras
COPY requirements-web.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install --requirement requirements-web.txt

FROM base AS worker
COPY requirements-worker.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install --requirement requirements-worker.txt
COPY manage.py ./
COPY templates ./templates
COPY vrs_app ./vrs_app
COPY shop ./shop
USER shop

FROM base AS web
COPY manage.py ./
COPY templates ./templates
COPY vrs_app ./vrs_app
COPY shop ./shop
# Collecting reads the settings, which insist on their secrets; these end with this line.
RUN SECRET_KEY=unused ALLOWED_HOSTS=unused python manage.py collectstatic --no-input
USER shop
EXPOSE 8000
