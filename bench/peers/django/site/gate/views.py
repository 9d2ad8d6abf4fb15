from rest_framework.response import Response
from rest_framework.views import APIView


class Check(APIView):
    """JWTAuthentication has verified the token and loaded the user; IsAuthenticated has judged."""

    def get(self, request):
        return Response(status=204, headers={"X-Auth-User": request.user.get_username()})
