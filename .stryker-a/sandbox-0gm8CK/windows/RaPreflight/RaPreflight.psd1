@{
    RootModule        = 'RaPreflight.psm1'
    ModuleVersion     = '0.1.0'
    GUID              = '7c1f8a52-3f0e-4f0c-9d0b-6f3f5f6f2b1e'
    Author            = 'The ra-preflight maintainers'
    CompanyName       = 'The ra-preflight maintainers'
    Copyright         = '(c) 2026 The ra-preflight maintainers. MIT License.'
    Description       = 'Tells whether the network would let an offer of Windows Remote Assistance through.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @('Test-RemoteAssistance')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
    PrivateData       = @{ PSData = @{ Tags = @('RemoteAssistance', 'Network', 'Firewall'); LicenseUri = 'https://opensource.org/license/mit' } }
}
