# One image for web, worker, beat and migrations; what differs is the command (see compose.yaml).
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/tongchou

COPY requirements.txt ./
COPY requirements/production.txt requirements/
RUN pip install -r requirements/production.txt

COPY . .
# The hashed file names of the static files are part of the image. The key serves this one command and signs nothing.
RUN PROFILE=production ALLOWED_HOSTS=build.invalid \
    SECRET_KEY=used-only-while-the-image-is-built-0123456789-abcdefghij \
    DATABASE_URL=sqlite:////tmp/build.sqlite3 \
    python manage.py collectstatic --noinput \
    && useradd --system --uid 10001 tongchou \
    && mkdir -p var/documents && chown -R tongchou var

USER tongchou
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm", "--access-logfile=-"]
