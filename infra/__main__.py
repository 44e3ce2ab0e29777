"""Everything of a stack: the parts list.

Pulumi.<stack>.yaml ──▶ **this program** ──▶ resources, and the outputs below
"""

import os

import pulumi

from infra import access, backend_functions, bundle, custom_domain
from infra.configuration import checking
from infra.distributed.engine import declare as distributed_engine
from infra.http_api import HttpApi
from infra.instances import capacity as instances
from infra.operations.operations import Operations
from infra.operations.watched import Watched
from infra.rest_api import RestApi
from infra.settings import InvalidConfig, Settings
from infra.sign_in.issuer import trusted_issuer
from infra.storage import Storage
from infra.tagging import tag_everything
from infra.websocket_api import WebSocketApi, declare_address

region = pulumi.Config("aws").get("region") or ""
try:
    settings = Settings.read(checking.of_project(os.environ), region=region, stage=pulumi.get_stack())
except InvalidConfig as error:
    raise pulumi.RunError(str(error)) from None
if not settings.bundle and bundle.compiler() is None:
    version = bundle.PYTHON_VERSION
    pulumi.log.warn(f"There is no python{version} here, and functions start later: `uv python install {version}`.")
tag_everything({"project": "reportwire", "stack": settings.stage})

code = backend_functions.Code(
    front=pulumi.FileArchive(settings.bundle or str(bundle.build("lambda"))),
    worker=pulumi.FileArchive(settings.worker_bundle or str(bundle.build("lambda-worker"))),
    events=pulumi.FileArchive(settings.events_bundle or str(bundle.build("lambda-events")))
    if settings.server_sent_events
    else None,
    authorizer=pulumi.FileArchive(settings.authorizer_bundle or str(bundle.build("lambda-authorizer")))
    if settings.auth == "oidc"
    else None,
)
storage = Storage(settings)
address = declare_address(settings)
issuer = trusted_issuer(settings)
engine = distributed_engine(settings, storage)
capacity = instances.declare(settings)
functions = backend_functions.declare(settings, storage, address, code, issuer=issuer, engine=engine, capacity=capacity)
api = WebSocketApi(settings, address, functions.router, functions.authorizer)
http = HttpApi(settings, functions.http_router, functions.authorizer)
domains = custom_domain.declare(settings, api, http)
rest = RestApi(settings, functions) if settings.server_sent_events or settings.synchronous_reports else None
analysts = access.allow_connecting(settings, address, http, rest) if issuer is None else None
Operations(Watched(settings=settings, functions=functions, websocket=api, http=http, storage=storage))

pulumi.export("profile", access.profile(settings, address, http, rest, issuer))
pulumi.export("endpoint", address.endpoint)
pulumi.export("https", http.base)
if analysts:
    pulumi.export("connectPolicyArn", analysts.policy.arn)
    pulumi.export("analystsGroup", analysts.group.name)
if issuer and issuer.pool_id:
    pulumi.export("userPoolId", issuer.pool_id)
pulumi.export("reportsBucket", storage.report_files.bucket)
pulumi.export("datasetsBucket", storage.datasets.bucket)
pulumi.export("reportsTable", storage.reports.name)
pulumi.export("connectionsTable", storage.connections.name)
pulumi.export("routerFunction", functions.router.name)
pulumi.export("httpRouterFunction", functions.http_router.name)
pulumi.export("workerFunction", functions.worker.name)
pulumi.export("failuresFunction", functions.failures.name)
if rest:
    pulumi.export("rest", rest.base)
if domains:
    pulumi.export("targets", {domain: each.target for domain, each in domains.items()})
if functions.events:
    pulumi.export("eventsFunction", functions.events.name)
if engine:
    pulumi.export("engine", {"AWS_REGION": settings.region, **engine.variables})
if functions.authorizer:
    pulumi.export("authorizerFunction", functions.authorizer.name)
if functions.synchronous:
    pulumi.export("synchronousFunction", functions.synchronous.name)
