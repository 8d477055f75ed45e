"""What each exception of the AWS client says: one row for every class of ``botocore.exceptions``, or a base of it.

https://github.com/boto/botocore/blob/develop/botocore/exceptions.py
"""

from collections.abc import Mapping
from enum import Enum, auto


class ExceptionKind(Enum):
    """Who can do what about it."""

    LOGIN = auto()
    """There are no usable credentials: log in."""
    PROFILE = auto()
    """The profile that is asked for is nowhere."""
    UNREADABLE_SETTINGS = auto()
    """A file of the AWS configuration is not in its format."""
    SETTINGS = auto()
    """A setting of the AWS configuration is none that the client takes."""
    REGION = auto()
    """There is no endpoint of the service in the region."""
    UNREACHABLE = auto()
    PROXY = auto()
    TLS = auto()
    BROKEN = auto()
    """An answer broke off, or was not HTTP."""
    THROTTLED = auto()
    REQUEST = auto()
    """A value in the request is none that the operation takes."""
    INSTALLATION = auto()
    """The client itself lacks something."""


_NAMES: Mapping[ExceptionKind, str] = {
    ExceptionKind.LOGIN: (
        "NoCredentialsError PartialCredentialsError CredentialRetrievalError NoAuthTokenError TokenRetrievalError "
        "UnknownTokenProviderError UnknownCredentialError SSOError LoginError RefreshWithMFAUnsupportedError "
        "MetadataRetrievalError"
    ),
    ExceptionKind.PROFILE: "ProfileNotFound",
    ExceptionKind.UNREADABLE_SETTINGS: "ConfigParseError ConfigNotFound",
    ExceptionKind.SETTINGS: (
        "InvalidConfigError InvalidIMDSEndpointError InvalidIMDSEndpointModeError InvalidRetryConfigurationError "
        "InvalidS3AddressingStyleError InvalidEndpointDiscoveryConfigurationError InvalidProxiesConfigError "
        "InvalidS3UsEast1RegionalEndpointConfigError InvalidSTSRegionalEndpointsConfigError InvalidDefaultsMode "
        "InvalidEndpointConfigurationError InvalidChecksumConfigError UnsupportedS3ConfigurationError "
        "UnsupportedS3AccesspointConfigurationError UnsupportedS3ControlConfigurationError "
        "UnknownSignatureVersionError UnsupportedSignatureVersionError"
    ),
    ExceptionKind.REGION: (
        "UnknownRegionError InvalidRegionError ServiceNotInRegionError BaseEndpointResolverError EndpointProviderError"
    ),
    ExceptionKind.UNREACHABLE: "EndpointConnectionError ConnectTimeoutError ReadTimeoutError",
    ExceptionKind.PROXY: "ProxyConnectionError",
    ExceptionKind.TLS: "SSLError",
    ExceptionKind.BROKEN: (
        "HTTPClientError ConnectionError ResponseStreamingError IncompleteReadError ChecksumError "
        "FlexibleChecksumError AwsChunkedWrapperError"
    ),
    ExceptionKind.THROTTLED: "CapacityNotAvailableError",
    ExceptionKind.REQUEST: (
        "ParamValidationError MissingParametersError ValidationError PaginationError OperationNotPageableError "
        "UnseekableStreamError WaiterError WaiterConfigError InvalidExpressionError UnknownClientMethodError "
        "InvalidDNSNameError UnsupportedS3ArnError UnsupportedS3ControlArnError InvalidHostLabelError "
        "UnsupportedOutpostResourceError StubResponseError"
    ),
    ExceptionKind.INSTALLATION: (
        "DataNotFoundError ApiVersionNotFoundError UnknownServiceStyle MD5UnavailableError MissingDependencyException "
        "UnsupportedServiceProtocolsError UndefinedModelAttributeError"
    ),
}
KINDS: Mapping[str, ExceptionKind] = {name: kind for kind, names in _NAMES.items() for name in names.split()}
"""By the class's name."""


def kind_of(error: type[BaseException]) -> ExceptionKind:
    """Return the kind of an exception's class: its own row's, or that of its nearest base."""
    own = next((KINDS[base.__name__] for base in error.__mro__ if base.__name__ in KINDS), None)
    return own or ExceptionKind.INSTALLATION
