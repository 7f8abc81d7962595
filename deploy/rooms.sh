#!/bin/sh
# Copies what one service needs of the house: rooms.sh SERVICE HOUSE APP
set -eu
service=$1 house=$2 app=$3
mkdir -p "$app/models" "$app/workers"
cp -R "$house/shared" "$app/"
cp "$house/deploy/serve.sh" "$app/"
case $service in
  gateway)
    cp -R "$house/gateway" "$app/"
    # What an operator asks inside the stack: docker compose exec gateway python -m cli doctor
    mkdir "$app/cli"
    for part in __init__ __main__ main doctor jobs keys; do
      if [ -e "$house/cli/$part.py" ]; then cp "$house/cli/$part.py" "$app/cli/"; fi
    done
    # The same image tells webhooks: it holds all that is needed, and what calls out may be scaled and fenced apart.
    cp "$house"/workers/*.py "$app/workers/"
    cp -R "$house/workers/webhooks" "$app/workers/" ;;
  catalogue)
    cp "$house"/workers/*.py "$app/workers/"
    cp -R "$house/workers/search" "$app/workers/" ;;
  perception | expert | search | gan)
    cp "$house"/workers/*.py "$app/workers/"
    cp -R "$house/workers/$service" "$app/workers/" ;;
  flower) cp "$house/deploy/flower_app.py" "$app/" ;;
  *) echo "rooms.sh: there is no service $service" >&2; exit 2 ;;
esac
case $service in
  # Only these load weights; the others would carry them about for nothing.
  perception | gan | catalogue) cp -R "$house/models" "$app/" ;;
esac
