/** Identity from a client certificate that was verified against our CA. */
export interface PeerCertificate {
  readonly subjectCommonName: string;
  readonly issuerCommonName: string;
  readonly fingerprint256: string;
}
