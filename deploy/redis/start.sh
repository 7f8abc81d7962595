#!/bin/sh
# Redis for ExpertGlasses: every job on disk within a second, no eviction, and nobody in without a password.
set -eu
acl=/tmp/users.acl
umask 077
hash=$(sha256sum </run/secrets/redis_password | cut -d ' ' -f 1)
# What Celery, Flower and the job record use: no administration, no command over the keys of others' making.
{
  echo "user default off"
  echo "user health on >health resetkeys resetchannels -@all +ping"
  echo "user expertglasses on #$hash ~* &* +@all -@admin -@dangerous +info"
} >"$acl"
exec redis-server --aclfile "$acl" --bind '* -::*' --port 6379 --dir /data \
  --appendonly yes --appendfsync everysec --save '' \
  --maxmemory "${REDIS_MEMORY:-512mb}" --maxmemory-policy noeviction \
  --tcp-keepalive 30 --timeout 0
