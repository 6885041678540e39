from django.core.management.utils import get_random_secret_key

# Nothing here is signed, so no key has to outlive a process.
SECRET_KEY = get_random_secret_key()
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "mysite.urls"
WSGI_APPLICATION = "mysite.wsgi.application"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
USE_TZ = True
