{{- define "eg.name" -}}{{ .Release.Name }}{{- end }}

{{- define "eg.labels" -}}
app.kubernetes.io/name: expertglasses
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* What selects the pods of one service: (dict "root" $ "service" "gan") */}}
{{- define "eg.selector" -}}
app.kubernetes.io/name: expertglasses
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{/* A pod of one service: (dict "root" $ "service" "gan" "image" "gan" "resources" … "grace" 60 "probes" …) */}}
{{- define "eg.pod" -}}
metadata:
  labels:
    {{- include "eg.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .service }}
  annotations:
    # A changed setting starts new pods.
    checksum/settings: {{ .root.Values.settings | toJson | sha256sum }}
spec:
  serviceAccountName: {{ include "eg.name" .root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  # Above the hard limit of a stage: a stop waits for the work in hand.
  terminationGracePeriodSeconds: {{ .grace }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.nodeSelector }}
  nodeSelector: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations: {{ toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels: {{ include "eg.selector" . | nindent 10 }}
  containers:
    - name: {{ .service }}
      image: {{ printf "%sexpertglasses-%s:%s" .root.Values.image.registry .image (.root.Values.image.tag | default .root.Chart.AppVersion) }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      env:
        - {name: SERVICE, value: {{ .service }}}
      envFrom:
        - configMapRef: {name: {{ include "eg.name" .root }}}
      {{- with .ports }}
      ports: {{ toYaml . | nindent 8 }}
      {{- end }}
      resources: {{ toYaml .resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      {{- .probes | nindent 6 }}
      volumeMounts:
        - {name: secrets, mountPath: /run/secrets, readOnly: true}
        - {name: data, mountPath: /data}
        {{- if .catalogues }}
        - {name: catalogues, mountPath: /data/catalogues}
        {{- end }}
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: secrets
      secret: {secretName: {{ .root.Values.existingSecret }}}
    - name: data
      emptyDir: {sizeLimit: 1Gi}
    {{- if .catalogues }}
    - name: catalogues
      persistentVolumeClaim: {claimName: {{ .root.Values.catalogues.existingClaim | default (printf "%s-catalogues" .root.Release.Name) }}}
    {{- end }}
    - name: tmp
      emptyDir: {sizeLimit: 1Gi}
{{- end }}

{{/* A worker is healthy while its own heartbeat is fresh; ready when it has loaded what it needs. */}}
{{- define "eg.workerProbes" -}}
startupProbe:
  exec: {command: [python, -m, shared.health]}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 60
livenessProbe:
  exec: {command: [python, -m, shared.health]}
  periodSeconds: 20
  timeoutSeconds: 10
  failureThreshold: 6
{{- end }}
