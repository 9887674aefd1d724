curl --request GET \
  --url https://{gatewayBaseURL}/batches/{id} \
  --header 'Authorization: Bearer <token>'
