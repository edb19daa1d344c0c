<#
    Test-RemoteAssistance: ra-preflight as a command of PowerShell. Written for Windows PowerShell 5.1 and PowerShell 7.
    It starts the program with its arguments as one list, so that nothing of a computer's name is read by a shell, and reads the
    report that it prints as JSON in ASCII, which no code page of a console can change.
#>

Set-StrictMode -Version 2.0

# Exit codes of a run that gave a report: every host ready, some blocked, none blocked but some in doubt, interrupted.
$script:ReportCodes = 0, 1, 3, 130

# How much a command line of Windows holds is 32,767 characters; a list in a file has no such limit.
$script:MostTyped = 20

<#
    The program and what its arguments begin with. In the portable zip Node.js and the program lie beside this module's folder; in the
    npm package the program lies two folders up, and Node.js is the one of the PATH.
#>
function Get-RaPreflightCommand {
    $zip = Split-Path -Parent $PSScriptRoot
    $node = Join-Path $zip 'node.exe'
    $program = Join-Path $zip 'app\bin\ra-preflight.js'
    if ((Test-Path -LiteralPath $node) -and (Test-Path -LiteralPath $program)) {
        return @($node, $program)
    }
    $packaged = Join-Path (Split-Path -Parent $zip) 'bin\ra-preflight.js'
    $found = Get-Command -Name 'node' -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($found -and (Test-Path -LiteralPath $packaged)) {
        return @($found.Path, $packaged)
    }
    throw 'ra-preflight was not found: this module belongs into its portable zip or its npm package, and the latter needs node on the PATH.'
}

<#
    One argument as CommandLineToArgvW and the C runtime of Node.js read it back: in double quotes, backslashes before a quote doubled.
    (Windows PowerShell 5.1 has no ArgumentList and does not do this by itself.)
#>
function ConvertTo-NativeArgument {
    param([Parameter(Mandatory)][AllowEmptyString()][string] $Text)
    $escaped = [regex]::Replace($Text, '(\\*)"', '$1$1\"')
    $escaped = [regex]::Replace($escaped, '(\\+)$', '$1$1')
    return '"' + $escaped + '"'
}

<#
    Runs the program without a shell. Gives its exit code and what it wrote. Both streams are read at the same time, since a full pipe
    would stop the program.
#>
function Invoke-RaPreflight {
    param([Parameter(Mandatory)][string[]] $Arguments)
    $command = @(Get-RaPreflightCommand)
    $all = @($command | Select-Object -Skip 1) + $Arguments
    $start = New-Object System.Diagnostics.ProcessStartInfo
    $start.FileName = $command[0]
    $start.Arguments = ($all | ForEach-Object { ConvertTo-NativeArgument -Text $_ }) -join ' '
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = [System.Text.Encoding]::UTF8
    $start.StandardErrorEncoding = [System.Text.Encoding]::UTF8
    $start.WorkingDirectory = (Get-Location -PSProvider FileSystem).ProviderPath
    $process = New-Object System.Diagnostics.Process
    $process.StartInfo = $start
    try {
        [void] $process.Start()
        $out = $process.StandardOutput.ReadToEndAsync()
        $err = $process.StandardError.ReadToEndAsync()
        # A wait without an end would keep Ctrl-C waiting too.
        while (-not $process.WaitForExit(200)) { }
        return New-Object PSObject -Property @{
            ExitCode = $process.ExitCode
            Output   = $out.Result
            Error    = $err.Result.Trim()
        }
    }
    finally {
        # Ctrl-C ends the pipeline here, and the program must not go on by itself.
        try { if (-not $process.HasExited) { $process.Kill() } } catch { Write-Debug $_ }
        $process.Dispose()
    }
}

# What a property that may be missing says, or null.
function Get-Value {
    param($Object, [string] $Name)
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

# A host of the report as an object for tables and filters, with the whole of it in Report.
function ConvertTo-Result {
    param([Parameter(Mandatory)] $HostReport)
    $states = @{}
    foreach ($requirement in @(Get-Value $HostReport 'requirements')) {
        if ($null -ne $requirement) { $states[[string] (Get-Value $requirement 'name')] = Get-Value $requirement 'state' }
    }
    $verdict = [string] (Get-Value $HostReport 'verdict')
    return [pscustomobject] @{
        PSTypeName     = 'RaPreflight.Result'
        ComputerName   = Get-Value $HostReport 'target'
        Address        = Get-Value $HostReport 'address'
        Verdict        = $verdict
        IsReady        = ($verdict -eq 'ready')
        Confidence     = Get-Value $HostReport 'confidence'
        EndpointMapper = $states['endpoint-mapper']
        RemoteDesktop  = $states['remote-desktop']
        DynamicRpc     = $states['dynamic-rpc']
        Report         = $HostReport
    }
}

<#
.SYNOPSIS
    Tells whether the network would let an offer of Windows Remote Assistance through to computers.
.DESCRIPTION
    Probes TCP 135, TCP 3389 and a sample of the dynamic RPC ports of each computer with ra-preflight, and gives an object for each.
    Needs no administrator. Up to 20 computers are checked in detail; more, or -Audit, are audited, and the history keeps the run.
.PARAMETER ComputerName
    Names or addresses. Takes strings from the pipeline, and objects with a property ComputerName, DNSHostName, CN or Name (the first
    that there is), as Get-ADComputer gives them.
.PARAMETER RpcPorts
    The dynamic range of the computers where it was narrowed, e.g. 50000-50100.
.PARAMETER Novice
    Windows of the computers: auto, xp-2003 or vista-or-later.
.PARAMETER Timeout
    Longest wait for one answer, e.g. 500ms or 3s.
.PARAMETER Audit
    Audits the computers even if they are few: the history keeps the run.
.EXAMPLE
    Test-RemoteAssistance -ComputerName pc0417
.EXAMPLE
    'pc0417', '10.1.2.3' | Test-RemoteAssistance | Where-Object { -not $_.IsReady }
.EXAMPLE
    Get-ADComputer -Filter 'Name -like "PC*"' | Test-RemoteAssistance | Export-Csv -NoTypeInformation ra.csv
.OUTPUTS
    RaPreflight.Result
#>
function Test-RemoteAssistance {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('DNSHostName', 'CN', 'Name')]
        [ValidateNotNullOrEmpty()]
        [string[]] $ComputerName,
        [ValidatePattern('^\d{1,5}-\d{1,5}$')]
        [string] $RpcPorts,
        [ValidateSet('auto', 'xp-2003', 'vista-or-later')]
        [string] $Novice = 'auto',
        [ValidatePattern('^\d+(\.\d+)?(ms|s)?$')]
        [string] $Timeout,
        [switch] $Audit
    )
    begin {
        $names = New-Object System.Collections.Generic.List[string]
    }
    process {
        foreach ($name in $ComputerName) { $names.Add($name.Trim()) }
    }
    end {
        # A leading dash would be read as an option, and an @ as a list; no computer has such a name.
        foreach ($name in $names) {
            if ($name -match '^[-@]' -or $name -match '[\s/]') {
                throw "'$name' is not the name or address of a computer."
            }
        }
        $options = @('--format', 'json', '--novice', $Novice)
        if ($RpcPorts) { $options += @('--rpc-ports', $RpcPorts) }
        if ($Timeout) { $options += @('--timeout', $Timeout) }
        $list = $null
        try {
            if ($Audit -or $names.Count -gt $script:MostTyped) {
                $list = [System.IO.Path]::GetTempFileName()
                [System.IO.File]::WriteAllLines($list, $names, (New-Object System.Text.UTF8Encoding $false))
                $arguments = @('audit', '--list', $list, '--yes') + $options
            }
            else {
                $arguments = @('check') + $names.ToArray() + $options
            }
            $run = Invoke-RaPreflight -Arguments $arguments
        }
        finally {
            if ($list) { Remove-Item -LiteralPath $list -ErrorAction SilentlyContinue }
        }
        if ($script:ReportCodes -notcontains $run.ExitCode -or -not $run.Output) {
            throw "ra-preflight ended with exit code $($run.ExitCode): $($run.Error)"
        }
        if ($run.Error) { Write-Verbose $run.Error }
        $report = $run.Output | ConvertFrom-Json
        foreach ($one in @(Get-Value $report 'hosts')) {
            if ($null -ne $one) { ConvertTo-Result -HostReport $one }
        }
    }
}

Export-ModuleMember -Function 'Test-RemoteAssistance'
