import Foundation

/// Keys that OpenSSL 3.0 made for these tests and nothing else, in the encodings that people bring.
enum KeyFixtures {
  /// An ECPrivateKey on P-256, with parameters and public key.
  static let sec1P256 = der(
    """
    MHcCAQEEID3qOkuYzpQ41mLPv7xYGszcEk9dfqINIm31GQrdLIn5oAoGCCqGSM49AwEHoUQDQgAEEYFwX0y3ZanMP2W7vzgRkajiHFEZV3jUB+
    Wq2LLkFvP1q3w/V4WjqqDn8YU/jmHFmjsyoHj6Ulf+0+HbxavMIw==
    """)

  /// The same key as PrivateKeyInfo.
  static let pkcs8P256 = der(
    """
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPeo6S5jOlDjWYs+/vFgazNwST11+og0ibfUZCt0sifmhRANCAAQRgXBfTLdlqc
    w/Zbu/OBGRqOIcURlXeNQH5arYsuQW8/WrfD9XhaOqoOfxhT+OYcWaOzKgePpSV/7T4dvFq8wj
    """)

  /// Its SubjectPublicKeyInfo.
  static let publicP256 = der(
    """
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEYFwX0y3ZanMP2W7vzgRkajiHFEZV3jUB+Wq2LLkFvP1q3w/V4WjqqDn8YU/jmHFmjsyoHj6Ul
    f+0+HbxavMIw==
    """)

  /// An ECPrivateKey on P-384, with parameters and public key.
  static let sec1P384 = der(
    """
    MIGkAgEBBDCI4XpIgUC0GdzNHpPLmMVbj/E6fMknborroQX1johFCaDhEmQ0Nr/nMwZGK50uTQ2gBwYFK4EEACKhZANiAAS9LjNPlVlZ4+nOgO
    aRT9NzlsjWt8fTBW2Me1F8lHj3sUXOHhTXvQBT4QPfVFfDlzhUihjIRdyKqToHOiveeyROBHxVwMp/SMBfUAa8FAxmi4Rl37JPJ8mwvYhxTemc
    sn0=
    """)

  /// The same key as PrivateKeyInfo.
  static let pkcs8P384 = der(
    """
    MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCI4XpIgUC0GdzNHpPLmMVbj/E6fMknborroQX1johFCaDhEmQ0Nr/nMwZGK50uTQ
    2hZANiAAS9LjNPlVlZ4+nOgOaRT9NzlsjWt8fTBW2Me1F8lHj3sUXOHhTXvQBT4QPfVFfDlzhUihjIRdyKqToHOiveeyROBHxVwMp/SMBfUAa8
    FAxmi4Rl37JPJ8mwvYhxTemcsn0=
    """)

  /// Its SubjectPublicKeyInfo.
  static let publicP384 = der(
    """
    MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEvS4zT5VZWePpzoDmkU/Tc5bI1rfH0wVtjHtRfJR497FFzh4U170AU+ED31RXw5c4VIoYyEXciqk6Bz
    or3nskTgR8VcDKf0jAX1AGvBQMZouEZd+yTyfJsL2IcU3pnLJ9
    """)

  /// An ECPrivateKey on P-521, with parameters and public key.
  static let sec1P521 = der(
    """
    MIHcAgEBBEIB4okyUsR5MSYPv+F/ZQ3xGVGIVqc8X5QafjpNPoiYgybIe+mEcM/gPGlkomHs0MGAWrCsR9+aGHSmtiVOoVebe0OgBwYFK4EEAC
    OhgYkDgYYABAAGdAjW3cn8GcGsU50JpfjBA0c/4LQcPYdTruvOyhATXgT4Z95GrAsT5Gu31vsYwOsOj0mORAEzt9salZQVzfz6tQB2s92RuGam
    51BVvGQ2c6nUuzHI+tQg7ABhJLpPGpXM73PL9U4ToJJNJPrMgMBck/X2QswlB+vttz6Cv2F8GxzY6Q==
    """)

  /// The same key as PrivateKeyInfo.
  static let pkcs8P521 = der(
    """
    MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIB4okyUsR5MSYPv+F/ZQ3xGVGIVqc8X5QafjpNPoiYgybIe+mEcM/gPGlkomHs0M
    GAWrCsR9+aGHSmtiVOoVebe0OhgYkDgYYABAAGdAjW3cn8GcGsU50JpfjBA0c/4LQcPYdTruvOyhATXgT4Z95GrAsT5Gu31vsYwOsOj0mORAEz
    t9salZQVzfz6tQB2s92RuGam51BVvGQ2c6nUuzHI+tQg7ABhJLpPGpXM73PL9U4ToJJNJPrMgMBck/X2QswlB+vttz6Cv2F8GxzY6Q==
    """)

  /// Its SubjectPublicKeyInfo.
  static let publicP521 = der(
    """
    MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQABnQI1t3J/BnBrFOdCaX4wQNHP+C0HD2HU67rzsoQE14E+GfeRqwLE+Rrt9b7GMDrDo9JjkQBM7
    fbGpWUFc38+rUAdrPdkbhmpudQVbxkNnOp1LsxyPrUIOwAYSS6TxqVzO9zy/VOE6CSTST6zIDAXJP19kLMJQfr7bc+gr9hfBsc2Ok=
    """)

  /// An Ed25519 key as PrivateKeyInfo.
  static let pkcs8Ed25519 = der(
    """
    MC4CAQAwBQYDK2VwBCIEIJeBSZVrUvuGfVi/Xg1JVtP5BCg4is1gga2nxDFOPjYq
    """)

  /// Its SubjectPublicKeyInfo.
  static let publicEd25519 = der(
    """
    MCowBQYDK2VwAyEAphkboFeWkIc7zIiIyKRFXeqCj8mdmjOkgOlOr3JHTso=
    """)

  /// An Ed25519 key with attributes and its public key: the example of RFC 8410 §10.3.
  static let pkcs8Ed25519WithAttributes = der(
    """
    MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhCoB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgS
    EAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    """)

  /// An RSAPrivateKey of 2048 bits.
  static let pkcs1RSA = der(
    """
    MIIEowIBAAKCAQEAwiqG7oOUBki3KA5wj7HH0zCx4zZvtJlb6N/eyTn6rIgmS3PpxgHDagW3SZhkIgIAojQWeoSxY2chAPIUZCz40gaarUUUcQ
    OlaEv8e0b/4fA+XOfykMIsZMMArFjQBmD3cKdG3yOqMAe1b0d7aSYwj16QhCHFcO2Os7gsVMUxuDtzdr5MLDf36v2m8zWVExL38nM53L1WTAj1
    xLqMP6VhQWNoAzH/8kKxhT5z2IIuXBn3/X5WMOmc6AuO2DnGtOEjf32i0xAs1+2zUTSPSz5qLj5LBw9G565mBSdqn3gVAkhEWdhpf9DYugSRQU
    ABF6Yn7YvhA27mnoqNdOo71FqPfwIDAQABAoIBAC51oZK5zjYQuS6vAdUIS5GnkbEV6fWzSnA2/SZ2JpqY+1zLkBDuhBU+5+QGwFL42rD1OLm5
    PX7VAusogaOUtTcAGIvEP0dpgW8q22+eBgVIiIuPfpWPuLKljGgw2hnkouCETit/a64RciL93jRDTJRJotfTAtzqIt6y/3yLMMHtoNfpyjRFma
    PD7HLRPXICeAjCjHPRNNwm7wMKXXfNvyglK6TIDjQTpjPD9CdWKBmuQ2Yvw9EUb0jAlSDFM808O7RKPcMMulpeLnMAedyrCViugp8MAnhw7xlC
    QxYKUdb0+lWeDX85iJDlb6oFXRSqNsaaUI10z1pR+7xbcx8V/HkCgYEA7vp8iahox4/K1balihSfnh9rqd1EoJ+UR/uljtMCsEtF5aLURHYE0l
    yVOPB594ZEK0fx+RQk+RpAXf9mKXa4eTRlSNwrkwY2KHOMXWRhMDKdbDH7CE1QzTEwsuz9o23fOqHr4hqZ96b1bv/bZWCOFDMUvz8IoMg12xiA
    SDfcGvkCgYEAz/7vopk7G0ZVi5LxcyKQFQTeShzpN+y7BT0fM3k8IVo28nChdwQoWdFghzZzwYbXQmm7gprueY1DZtPwp7l19O5DmoRKtxJttz
    vvV2PGvRXOzdAIU7hbLA0zjAPJTasfDn3wgqPo8GWGUDHRiwnuJ8+jKn0LmVAVy7Mvq/wj5DcCgYEA3aweDzbXEp3QAVNt1FpzASKWJLepq/C6
    g9bqaERVTyBTksHqciKjMFpO1MVD7ZVu8FLJIklMToDKSibZJgcI8OzoMqCADt4JKJaeEhdFi4a3vZ/TAo1tMRi62o24bHtDQMjn3BDe1vjY2w
    CcCzp4MEZ9rTSUFUgBpNziSZr/IUkCgYBJ7BVG+KalHu4wWN0vSk1i6wQF2xiYI66kQgDgzmmsgN+ecqEwJ24f3eYsqBGj6kR++g0GcgHneWlH
    FnQlaCigED4+oF3ditMrmEWMDY4IjcOeKh2Lg64Djf2P+ZiF3hd/kwrzo0WairqdrdcHT1QxGf6njyGcL3ZPmzOKMGahKQKBgC+PnjCZPdvbxY
    FlsR7RkacAUpUCxbaPRsQe2JVa2395enslbqNiZUvch4TYHYSYs4CjCCMDrot1Pbjq5f44sxXvjhsAGhM7+j9gTtRvcRo8cKT4ZVQt0QfFqu7o
    pYTxgLk2rpTo7lSWVQvK2bifLJhIxoI9JdGDPZ33NidzkcY9
    """)

  /// The same key as PrivateKeyInfo.
  static let pkcs8RSA = der(
    """
    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDCKobug5QGSLcoDnCPscfTMLHjNm+0mVvo397JOfqsiCZLc+nGAcNqBbdJmG
    QiAgCiNBZ6hLFjZyEA8hRkLPjSBpqtRRRxA6VoS/x7Rv/h8D5c5/KQwixkwwCsWNAGYPdwp0bfI6owB7VvR3tpJjCPXpCEIcVw7Y6zuCxUxTG4
    O3N2vkwsN/fq/abzNZUTEvfyczncvVZMCPXEuow/pWFBY2gDMf/yQrGFPnPYgi5cGff9flYw6ZzoC47YOca04SN/faLTECzX7bNRNI9LPmouPk
    sHD0bnrmYFJ2qfeBUCSERZ2Gl/0Ni6BJFBQAEXpifti+EDbuaeio106jvUWo9/AgMBAAECggEALnWhkrnONhC5Lq8B1QhLkaeRsRXp9bNKcDb9
    JnYmmpj7XMuQEO6EFT7n5AbAUvjasPU4ubk9ftUC6yiBo5S1NwAYi8Q/R2mBbyrbb54GBUiIi49+lY+4sqWMaDDaGeSi4IROK39rrhFyIv3eNE
    NMlEmi19MC3Ooi3rL/fIswwe2g1+nKNEWZo8PsctE9cgJ4CMKMc9E03CbvAwpdd82/KCUrpMgONBOmM8P0J1YoGa5DZi/D0RRvSMCVIMUzzTw7
    tEo9wwy6Wl4ucwB53KsJWK6CnwwCeHDvGUJDFgpR1vT6VZ4NfzmIkOVvqgVdFKo2xppQjXTPWlH7vFtzHxX8eQKBgQDu+nyJqGjHj8rVtqWKFJ
    +eH2up3USgn5RH+6WO0wKwS0XlotREdgTSXJU48Hn3hkQrR/H5FCT5GkBd/2Ypdrh5NGVI3CuTBjYoc4xdZGEwMp1sMfsITVDNMTCy7P2jbd86
    oeviGpn3pvVu/9tlYI4UMxS/PwigyDXbGIBIN9wa+QKBgQDP/u+imTsbRlWLkvFzIpAVBN5KHOk37LsFPR8zeTwhWjbycKF3BChZ0WCHNnPBht
    dCabuCmu55jUNm0/CnuXX07kOahEq3Em23O+9XY8a9Fc7N0AhTuFssDTOMA8lNqx8OffCCo+jwZYZQMdGLCe4nz6MqfQuZUBXLsy+r/CPkNwKB
    gQDdrB4PNtcSndABU23UWnMBIpYkt6mr8LqD1upoRFVPIFOSwepyIqMwWk7UxUPtlW7wUskiSUxOgMpKJtkmBwjw7OgyoIAO3gkolp4SF0WLhr
    e9n9MCjW0xGLrajbhse0NAyOfcEN7W+NjbAJwLOngwRn2tNJQVSAGk3OJJmv8hSQKBgEnsFUb4pqUe7jBY3S9KTWLrBAXbGJgjrqRCAODOaayA
    355yoTAnbh/d5iyoEaPqRH76DQZyAed5aUcWdCVoKKAQPj6gXd2K0yuYRYwNjgiNw54qHYuDrgON/Y/5mIXeF3+TCvOjRZqKup2t1wdPVDEZ/q
    ePIZwvdk+bM4owZqEpAoGAL4+eMJk929vFgWWxHtGRpwBSlQLFto9GxB7YlVrbf3l6eyVuo2JlS9yHhNgdhJizgKMIIwOui3U9uOrl/jizFe+O
    GwAaEzv6P2BO1G9xGjxwpPhlVC3RB8Wq7uilhPGAuTaulOjuVJZVC8rZuJ8smEjGgj0l0YM9nfc2J3ORxj0=
    """)

  /// Its SubjectPublicKeyInfo.
  static let publicRSA = der(
    """
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwiqG7oOUBki3KA5wj7HH0zCx4zZvtJlb6N/eyTn6rIgmS3PpxgHDagW3SZhkIgIAoj
    QWeoSxY2chAPIUZCz40gaarUUUcQOlaEv8e0b/4fA+XOfykMIsZMMArFjQBmD3cKdG3yOqMAe1b0d7aSYwj16QhCHFcO2Os7gsVMUxuDtzdr5M
    LDf36v2m8zWVExL38nM53L1WTAj1xLqMP6VhQWNoAzH/8kKxhT5z2IIuXBn3/X5WMOmc6AuO2DnGtOEjf32i0xAs1+2zUTSPSz5qLj5LBw9G56
    5mBSdqn3gVAkhEWdhpf9DYugSRQUABF6Yn7YvhA27mnoqNdOo71FqPfwIDAQAB
    """)

  /// Its bare RSAPublicKey, which is no SubjectPublicKeyInfo.
  static let pkcs1PublicRSA = der(
    """
    MIIBCgKCAQEAwiqG7oOUBki3KA5wj7HH0zCx4zZvtJlb6N/eyTn6rIgmS3PpxgHDagW3SZhkIgIAojQWeoSxY2chAPIUZCz40gaarUUUcQOlaE
    v8e0b/4fA+XOfykMIsZMMArFjQBmD3cKdG3yOqMAe1b0d7aSYwj16QhCHFcO2Os7gsVMUxuDtzdr5MLDf36v2m8zWVExL38nM53L1WTAj1xLqM
    P6VhQWNoAzH/8kKxhT5z2IIuXBn3/X5WMOmc6AuO2DnGtOEjf32i0xAs1+2zUTSPSz5qLj5LBw9G565mBSdqn3gVAkhEWdhpf9DYugSRQUABF6
    Yn7YvhA27mnoqNdOo71FqPfwIDAQAB
    """)

  /// The P-256 key above with its point compressed.
  static let compressedP256 = der(
    """
    MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADEYFwX0y3ZanMP2W7vzgRkajiHFEZV3jUB+Wq2LLkFvM=
    """)

  /// The P-256 key above with its curve spelt out instead of named.
  static let explicitP256 = der(
    """
    MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAA
    AAAAAAAAAAAAAA///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEE
    axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA//////////
    +85vqtpxeehPO5ysL8YyVRAgEBA0IABBGBcF9Mt2WpzD9lu784EZGo4hxRGVd41Aflqtiy5Bbz9at8P1eFo6qg5/GFP45hxZo7MqB4+lJX/tPh
    28WrzCM=
    """)

  /// A curve that TLS has no name for.
  static let secp256k1 = der(
    """
    MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEPvin3XXVZhWWnY0cWv+297PpFlTgyIxDv05OsllvWG+hGkO3f6B0aqiWLI0Keiw46GxJRyGQN+3MHw
    WOFde12g==
    """)

  /// Its private key.
  static let pkcs8Secp256k1 = der(
    """
    MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgKRBdn5/JLwOoBh7WdzMGrEC0DRgiS7mWqIQtG9WBaIuhRANCAAQ++KfdddVmFZadjR
    xa/7b3s+kWVODIjEO/Tk6yWW9Yb6EaQ7d/oHRqqJYsjQp6LDjobElHIZA37cwfBY4V17Xa
    """)

  /// Ed448.
  static let ed448 = der(
    """
    MEMwBQYDK2VxAzoAkbDpAaPIm89MS98wz1WzODdDqptZxpmHerNotUmr4v4J6qQUrAVKxGXM30M5Q/tN5k6hSgcAIZIA
    """)

  /// Its private key.
  static let pkcs8Ed448 = der(
    """
    MEcCAQAwBQYDK2VxBDsEOUbVanRHXYCZlNX4TyHwgTRRF+WxeIE+6MAfUPvS/7uKsqdpKyW5GYUmfN2C7+zUk57wN9t5rERfyw==
    """)

  /// X25519, which signs nothing.
  static let x25519 = der(
    """
    MCowBQYDK2VuAyEAZ4LQ6M9EamYMfwTXPBRD5LVpnuIPwz5lqNiE19EQ4nI=
    """)

  /// Its private key.
  static let pkcs8X25519 = der(
    """
    MC4CAQAwBQYDK2VuBCIEIFgyHdzzkRF720PzNOx3UukUEc3Rvp+RZvCg3C7MeQJq
    """)

  /// RSA with 1024 bits.
  static let rsa1024 = der(
    """
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDIR0VjdPvse86Gb7XpUB5FzK2wbfphpdVhZ4z7qsqGz5DZq04GBmxR7o5mwtaKGWy55Akf/k
    pA1C4Una+KqVFI3pf/h73PMDuN9yuyukXDdCIB/iMf9QP1iUeAMkskn+lDx7fXVjPOMPOLWVLGf1sd4nggGvqGZBbtttKc3v5lyQIDAQAB
    """)

  /// Its private key.
  static let pkcs1RSA1024 = der(
    """
    MIICWwIBAAKBgQDIR0VjdPvse86Gb7XpUB5FzK2wbfphpdVhZ4z7qsqGz5DZq04GBmxR7o5mwtaKGWy55Akf/kpA1C4Una+KqVFI3pf/h73PMD
    uN9yuyukXDdCIB/iMf9QP1iUeAMkskn+lDx7fXVjPOMPOLWVLGf1sd4nggGvqGZBbtttKc3v5lyQIDAQABAoGAKJSAU8GdVfJUC1tRMaABMkVh
    oBD4nZZ7YMwZfdjCRoSCJgiWu5PLmOJMSjgKPlsec5/n1Wqx4ubbG2RD8EWUaWIIJ4ygOnsXuURwDasPj2wGqgttOfkCQ1DLK69bC3GIXGoi/v
    k8/Pn4IX9b1skfqgr3PsLCTVMxWMH/VBhb1DECQQD+RgkeHL2VpHBKCyjcwrAldGmYmcl5lhCXh6OMym7i582QTEYa/tfiWgxL006quCarrTH8
    WF1+OPfOrk9fY9RVAkEAyaNiTLcy0IwLB+Jm1XzbwScMgnfm/Vy66n3I+ONECp/9itmRkuLybs/fQziFLA5h8oCix2qAPVInRcavK29fpQJAKH
    t6BCNLQ8HUZtV0AgG1DaGFFliVrRfpOFbOASJRmSqSncCnALFGKbFwd7oCskdzUK3YYXaoG+px+aPi2ysHqQJAafSnBPUHiLruWPhJXUm9GGRy
    mGR1RxHhTrNGVjLmYEbuLnZhnrQO/NfS1DnxENOF+K5L20pFlPOEm4/qIILn2QJAe8IYNB5CvftEo/dmWesO1gYCz41PyfdHl320OMW35GTjJs
    ked5UXT6JotJt8BJMF/F08HhgAw9EpaD7h3Z6quA==
    """)

  /// RSA bound to PSS, which rsa_pss_rsae_* and rsa_pkcs1_* must not be used with.
  static let rsaPSS = der(
    """
    MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAOn5Niqe7dv9HxiUGOSeBTAjtzpUnVh+oA1/bphQbHnl/p2kZ71DCr4E9z2fZcpdNRnF2B
    4FhgjwH1ynSWCa1v2Y5O2o+rxElZv3FXwbhSvmg+L0WvqZKyEgMmeVZhxpI1yoCuKPtdM/GFYoMkXFvASGjHtIw+jU1JjixiyzlcaNa9mxav+/
    riKzrF5kknB+3HIn8p2zg0lhtaDd2WT4Ym16fCOZosQZz4orgkEAGQdmRNjoRvb98TqHQBo9RQRol4cZBfsku34vVeMLl8HntG/OdGa6Cfc0/6
    TRirltq/mTehV2BygawNgLQlURCjpLpzvc/6IKSbDiN+ds/HGp0r8CAwEAAQ==
    """)

  /// RSA with 8200 bits.
  static let rsa8200 = der(
    """
    MIIEIzANBgkqhkiG9w0BAQEFAAOCBBAAMIIECwKCBAIAnMJuIRd2/fH8M/80ZtJvPrLVcgKCycWcbrixvSD/2gaCbhw2mtNahyYdTySOkEu1dJ
    JOqOErTnFQ3tA3SVYqBsF14vnZRfxfcQaijWgDXFEnZgp3cxvi0eGzZczql61Aep7NW8nOv3PARRSYZKoKpYSM+y6L/J6dfu/y4j3jT5mzo0r6
    ijai/uwDYn/0aY1Jgkjf/V0xnjbvwWhA9yTT+zIj7d2tEgLnu7KnkvDxr9Lgxdi0swKMDf1ipMuEwi9Voj6Ulqgk6NdhHO4s2kXTBy0qc7prEP
    W10wAWv8+xS9sIDCqtMgNWYvhuGoLP6ncv407fHpqMaORQigCjKB5EhLYuZZCdsg7ci5Ho4PIprcY+xqTBZwaktwcSw1gERh4m9+6sHybeOJjy
    zN/WMyhp1xTc/AfwG6pBGWBaWDH8F9x2GT0cqT/O41AaQ6wAGe3Xjan4/5IX1n5eP15AVFaCY0L59oc1CmSJ5c5DWljtYAdjeorWHhU3KULDt3
    cZNoC7LiTpjKmuehNnUmNLsLSIRVzhj8VuY04tlIOOgptQ6oQ2dilShHa1MalbTZKq3Fca0NuuYJH77Ivz/d/8Wb+dud9WNowNcWTqYXnvZp9m
    dC36r3sEFHADt3pQsxbWP4GiIas4F5OSWajjvkHC0LoOl+F9aKkXbuVY9qbXyt2I6b1j9piCUjFw+b1PqvMibkFugEIiINJhMtH1Pf9O6bKmRs
    lMQCOr1tMHk0OIQFcUAqnZC3DKU4wCr360f6/UBx1jiGcjY5c4HG8xffTa8W2nLEVAVvM90VkvkUwTcyoP3a9NoKvN/5qMiBmqW1Ghm7KTl8JT
    rrSWDUZPtjdeqSKgNKuAn7lGO7bu9GsweR+1p7TbpeuRfheGNGgmeaK5QtfEXNEohh3kLszLvVpiPMvQeRT3E0t42kidLGOd1T3KdMlc+dZMra
    yEioxPHfE6UF+mGi/xDOOKdFTX+5U1PX5AlHLLWIY3I4+UJqZHxwyasI7i97vKzT44Bkp100jonwPVoEP6U/yJBc4DjCoftZj9vcWIAOFXoTxl
    oBAHLQi+ro2MN0NcL79ptFaBFsArhYPw10EJf9bwJ798N4/ki9brfHA8YHCttJ7KT5kQlMzLcLrTmwYtiXYzNlr82jucqa6csf0+UN/DO7uHbb
    biifZntybzPdEAR3xXCa4PNogh3KpjU1NIgn/rhqA3ZtUztwM6DV5pPDbJMeaGr/HVJj5ByUz4F6U0WM8qUnrJuvG+SfkIpGSjCOH79UmnkSax
    OKSwfM92IE1o5/lor2kUot9SYLMF9DJ+IxMHaAIyPCxv3wXOayjY60NsPsH+pfo1l9x3uwE9PFV6YEoBeUTYY2x5vfECAwEAAQ==
    """)

  private static func der(_ base64: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
  }
}
