curl "https://gateway.bud.studio/v1/batches?limit=20" \
  -H "Authorization: Bearer YOUR_API_KEY"
