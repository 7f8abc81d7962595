#!/bin/sh
# The one process of a container: it takes the signals itself, so a stop is a graceful stop.
set -eu
case $SERVICE in
  gateway) exec python -m gateway ;;
  webhooks) exec python -m workers.webhooks ;;
  catalogue) exec python -m workers.search.importing ;;
  flower)
    # Flower alone wants its password in the environment.
    FLOWER_BASIC_AUTH=$(cat "${FLOWER_BASIC_AUTH_FILE:-/run/secrets/flower_auth}")
    export FLOWER_BASIC_AUTH
    exec python -m celery -A flower_app flower --port=5555 --persistent=True --db=/data/flower \
      --state_save_interval=5000 --logging=warning ;;
  *) exec python -m workers "$SERVICE" ;;
esac
