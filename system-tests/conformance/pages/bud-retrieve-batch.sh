curl https://gateway.bud.studio/v1/batches/batch_abc123 \
  -H "Authorization: Bearer YOUR_API_KEY"
