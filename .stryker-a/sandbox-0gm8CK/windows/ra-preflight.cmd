@echo off
rem Starts ra-preflight with the Node.js beside this file. Its exit code is the program's.
"%~dp0node.exe" "%~dp0app\bin\ra-preflight.js" %*
