"""Makes what the load balancer answers HTTPS with: a domain's certificate and record, or a certificate that is given.

The environment file says which: a domain in a hosted zone of Route 53, for which the stack makes both; a certificate
that was made elsewhere; or that plain HTTP will do. What says none of these, the rules of the template refuse.
"""

from dataclasses import dataclass
from typing import Any

from troposphere import And, AWSHelperFn, AWSObject, Equals, GetAtt, If, Join, Not, Or, Parameter, Ref, Sub, route53
from troposphere import elasticloadbalancingv2 as elb
from troposphere.certificatemanager import Certificate, DomainValidationOption

HAS_DOMAIN, HAS_HTTPS, HAS_ZONE, MAKES_CERTIFICATE = "HasDomain", "HasHttps", "HasHostedZone", "MakesCertificate"


@dataclass(frozen=True)
class Https:
    """The parameters that say how the load balancer is reached; a service looks at the first two."""

    protocol: Parameter
    domain_name: Parameter
    hosted_zone_id: Parameter
    certificate_arn: Parameter

    def questions_of_service(self, *, has_url: bool) -> dict[str, Parameter]:
        """Return what a service's stack asks, ``has_url`` where the service is told its address."""
        asked = {"Which protocol do the services answer by?": self.protocol}
        return {**asked, "Which name do they answer at?": self.domain_name} if has_url else asked

    @property
    def questions(self) -> dict[str, Parameter]:
        """What the stack of the load balancer asks."""
        return {
            **self.questions_of_service(has_url=True),
            "In which hosted zone does that name lie?": self.hosted_zone_id,
            "Which certificate is there already?": self.certificate_arn,
        }

    def conditions_of_service(self, *, has_url: bool) -> dict[str, AWSHelperFn]:
        """Return what a service's stack decides by, likewise."""
        decided = {HAS_HTTPS: self._encrypts}
        return {HAS_DOMAIN: _given(self.domain_name), **decided} if has_url else decided

    @property
    def conditions(self) -> dict[str, AWSHelperFn]:
        """What the stack of the load balancer decides by."""
        return {
            **self.conditions_of_service(has_url=True),
            HAS_ZONE: _given(self.hosted_zone_id),
            MAKES_CERTIFICATE: And(_given(self.domain_name), _missing(self.certificate_arn)),
        }

    @property
    def _encrypts(self) -> AWSHelperFn:
        return Equals(Ref(self.protocol), "HTTPS")

    @property
    def rules(self) -> dict[str, Any]:
        """Refuse what says too little, before anything is made.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
        """
        arn, domain, zone = self.certificate_arn, self.domain_name, self.hosted_zone_id
        return {
            "HttpsIsPossible": _rule(
                Or(Not(self._encrypts), _given(arn), _given(domain)),
                "HTTPS needs DomainName and HostedZoneId, or CertificateArn; found none of them. Give them, or say "
                'Protocol = "HTTP" where everybody on the way may read and change what is sent',
            ),
            "HttpHasNoName": _rule(
                Or(self._encrypts, And(_missing(arn), _missing(domain), _missing(zone))),
                'DomainName, HostedZoneId and CertificateArn are for HTTPS; found one of them with Protocol = "HTTP". '
                "Leave them empty, or leave Protocol out",
            ),
            "CertificateCanBeMade": _rule(
                Or(_missing(domain), _given(arn), _given(zone)),
                "found DomainName without HostedZoneId. Give the hosted zone of Route 53 that the name lies in, or the "
                "CertificateArn of a certificate that you made for it",
            ),
            "RecordHasName": _rule(
                Or(_missing(zone), _given(domain)),
                "found HostedZoneId without DomainName. Give the name that the services answer at, or leave both empty",
            ),
        }


def https() -> Https:
    """Make the parameters."""
    return Https(
        protocol=Parameter(
            "Protocol",
            Type="String",
            Default="HTTPS",
            AllowedValues=["HTTPS", "HTTP"],
            Description="HTTPS, to which plain HTTP is then sent; or HTTP, which anybody on the way can read.",
        ),
        domain_name=Parameter(
            "DomainName",
            Type="String",
            Default="",
            # ACM takes 64 characters. https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
            MaxLength=64,
            AllowedPattern=r"|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
            ConstraintDescription="must be a name in lower case such as api.shop.com, without https://, or empty",
            Description="Name that the services answer at, by HTTPS; the load balancer's own address if empty.",
        ),
        hosted_zone_id=Parameter(
            "HostedZoneId",
            Type="String",
            Default="",
            AllowedPattern="|Z[A-Z0-9]{1,31}",
            ConstraintDescription="must be the id of a hosted zone of Route 53, which begins with Z, or empty",
            Description="Public hosted zone that the domain lies in; record and proof of the domain are made there.",
        ),
        certificate_arn=Parameter(
            "CertificateArn",
            Type="String",
            Default="",
            AllowedPattern=r"|arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+",
            ConstraintDescription="must be the ARN of a certificate of ACM in this region, or empty",
            Description="ARN of a certificate that is there already; with a domain and none, the stack makes one.",
        ),
    )


def resources(asked: Https, balancer: elb.LoadBalancer) -> tuple[AWSObject, ...]:
    """Make the certificate of the domain, which is proven by a record in the zone, and the name of ``balancer``.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html
    """
    domain, zone = Ref(asked.domain_name), Ref(asked.hosted_zone_id)
    certificate = Certificate(
        "Certificate",
        Condition=MAKES_CERTIFICATE,
        DomainName=domain,
        ValidationMethod="DNS",
        DomainValidationOptions=[DomainValidationOption(DomainName=domain, HostedZoneId=zone)],
    )
    record = route53.RecordSetType(
        "DomainRecord",
        Condition=HAS_ZONE,
        HostedZoneId=zone,
        Name=domain,
        Type="A",
        AliasTarget=route53.AliasTarget(  # type: ignore[attr-defined,no-untyped-call]  # it has no types
            DNSName=GetAtt(balancer, "DNSName"),
            HostedZoneId=GetAtt(balancer, "CanonicalHostedZoneID"),
            EvaluateTargetHealth=False,
        ),
    )
    return certificate, record


def certificate_in_use(asked: Https) -> AWSHelperFn:
    """Return the ARN of the certificate: the one that the stack makes, or the one that is given."""
    return If(MAKES_CERTIFICATE, Ref("Certificate"), Ref(asked.certificate_arn))


def url(asked: Https, dns_name: AWSHelperFn) -> AWSHelperFn:
    """Return where the services answer, without a slash at its end, of a load balancer of that name."""
    own = Join("", [If(HAS_HTTPS, "https://", "http://"), dns_name])
    return If(HAS_DOMAIN, Sub(f"https://${{{asked.domain_name.title}}}"), own)


def _missing(parameter: Parameter) -> AWSHelperFn:
    return Equals(Ref(parameter), "")


def _given(parameter: Parameter) -> AWSHelperFn:
    return Not(_missing(parameter))


def _rule(holds: AWSHelperFn, sentence: str) -> dict[str, Any]:
    return {"Assertions": [{"Assert": holds, "AssertDescription": sentence}]}
