import pulumi
import pulumi_heavyload as heavyload

config = pulumi.Config()

web = heavyload.TunedHost(
    "web",
    tier="10k",
    existing={
        "host": config.require("host"),
        "user": config.get("user"),
        "host_key": config.require("hostKey"),
        "private_key": config.require_secret("privateKey"),
    },
    tuning={"net.core.somaxconn": 32768},
)

pulumi.export("address", web.address)
pulumi.export("summary", web.summary)
